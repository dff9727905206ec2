package dev.sluice.producer.batch.validate;

import dev.sluice.api.batch.InputError;
import dev.sluice.producer.batch.cost.Costs;
import dev.sluice.producer.batch.cost.ModelUsage;
import dev.sluice.producer.file.Files;
import dev.sluice.producer.file.StoredFile;
import dev.sluice.producer.quota.Quotas;
import dev.sluice.producer.store.Batch;
import dev.sluice.producer.store.BatchId;
import dev.sluice.producer.store.BatchLifecycle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Reads a batch's input file, and inserts either all its tasks or the list of its errors.
 *
 * <p>The tasks and the batch's next status are one transaction: if the producer crashes, nothing is
 * stored, and the validation starts again.
 */
@Component
class InputValidator {
  private final BatchLifecycle batches;
  private final Costs costs;
  private final Quotas quotas;
  private final Files files;
  private final InputReader reader;
  private final TaskInserters inserters;
  private final TransactionTemplate transaction;

  InputValidator(
      BatchLifecycle batches,
      Costs costs,
      Quotas quotas,
      Files files,
      InputReader reader,
      TaskInserters inserters,
      PlatformTransactionManager transactions) {
    this.batches = batches;
    this.costs = costs;
    this.quotas = quotas;
    this.files = files;
    this.reader = reader;
    this.inserters = inserters;
    this.transaction = new TransactionTemplate(transactions);
  }

  /** The result of a validation. */
  enum Result {
    /** The tasks are inserted, and the batch is in progress. */
    STARTED,
    /** The batch has failed. */
    FAILED,
    /** Another loop or producer validates the batch, or it was cancelled. */
    SKIPPED
  }

  /** Validates one batch. */
  Result validate(Batch batch) {
    Optional<StoredFile> file = files.find(batch.project(), batch.definition().inputFileId());
    if (file.isEmpty()) {
      String message =
          "File " + batch.definition().inputFileId() + " does not exist. Upload it first.";
      batches.fail(
          batch.id(), List.of(new InputError("file_not_found", null, message, "input_file_id")));
      return Result.FAILED;
    }
    List<InputError> errors = new ArrayList<>();
    TaskInserter tasks = inserters.of(batch);
    boolean started =
        Boolean.TRUE.equals(
            transaction.execute(status -> insert(batch, file.get(), tasks, errors, status)));
    if (!errors.isEmpty()) {
      batches.fail(batch.id(), errors);
      return Result.FAILED;
    }
    if (!started) {
      return Result.SKIPPED;
    }
    inserters.committed(tasks);
    return Result.STARTED;
  }

  private boolean insert(
      Batch batch,
      StoredFile file,
      TaskInserter tasks,
      List<InputError> errors,
      TransactionStatus status) {
    if (!batches.tryLockForValidation(batch.id())) {
      return false;
    }
    long remaining = quotas.remainingTasks(batch.project());
    errors.addAll(
        reader.read(
            file, batch.definition().endpoint(), request -> tasks.add(request) <= remaining));
    tasks.flush();
    if (tasks.toCall() > remaining) { // the rest of the file was not read
      errors.add(quotaExceeded(quotas.tooManyTasks(batch.project(), tasks.toCall() - remaining)));
    }
    costs.unpriced(batch, tasks.estimate().usages()).stream()
        .map(InputValidator::withoutPrice)
        .forEach(errors::add);
    boolean started = errors.isEmpty() && start(batch.id(), tasks);
    if (started) {
      costs.create(batch.id(), tasks.estimate().usages());
      if (tasks.reused() > 0) {
        inserters.resolveAnswered(batch);
      }
      quotas.admitTasks(batch.project()).ifPresent(message -> errors.add(quotaExceeded(message)));
    }
    if (!started || !errors.isEmpty()) {
      status.setRollbackOnly();
    }
    return started && errors.isEmpty();
  }

  private static InputError quotaExceeded(String message) {
    return new InputError("project_quota_exceeded", null, message, "input_file_id");
  }

  private static InputError withoutPrice(ModelUsage usage) {
    return new InputError(
        "model_without_price",
        null,
        "A budget limits this batch, but the model '%s' of route %s has no price, so its cost cannot be counted. Set sluice.routes[].prices of the route, or use a model with a price."
            .formatted(LineRules.abbreviate(usage.model()), usage.route()),
        "body.model");
  }

  private boolean start(BatchId batch, TaskInserter tasks) {
    tasks.link();
    return batches.start(
        batch, tasks.queuedByRoute(), tasks.blockedByRoute(), tasks.reused(), tasks.model());
  }
}
