package dev.sluice.producer.validate;

import com.fasterxml.uuid.NoArgGenerator;
import dev.sluice.common.route.Routes;
import dev.sluice.producer.batch.Batch;
import dev.sluice.producer.batch.Batches;
import dev.sluice.producer.batch.InputError;
import dev.sluice.producer.batch.Shares;
import dev.sluice.producer.file.FileContents;
import dev.sluice.producer.file.Files;
import dev.sluice.producer.file.StoredFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Reads a batch's input file, and leaves either all of its tasks or a list of all that is wrong.
 *
 * <p>The tasks and the batch's next status are one transaction: a producer that dies in the middle
 * leaves nothing, and the next one begins anew.
 */
@Component
class InputValidator {
  private static final int MOST_ERRORS = 100;

  private final Batches batches;
  private final Shares shares;
  private final Files files;
  private final FileContents contents;
  private final Routes routes;
  private final NoArgGenerator ids;
  private final JdbcOperations jdbc;
  private final InputSettings settings;
  private final TransactionTemplate transaction;

  InputValidator(
      Batches batches,
      Shares shares,
      Files files,
      FileContents contents,
      Routes routes,
      NoArgGenerator ids,
      JdbcOperations jdbc,
      InputSettings settings,
      PlatformTransactionManager transactions) {
    this.batches = batches;
    this.shares = shares;
    this.files = files;
    this.contents = contents;
    this.routes = routes;
    this.ids = ids;
    this.jdbc = jdbc;
    this.settings = settings;
    this.transaction = new TransactionTemplate(transactions);
  }

  /** Validates one batch; true where its tasks are there now. */
  boolean validate(Batch batch) {
    Optional<StoredFile> file = files.find(batch.project(), batch.inputFileId());
    if (file.isEmpty()) {
      String message = "There is no file " + batch.inputFileId() + ": upload it first.";
      batches.fail(
          batch.id(), List.of(new InputError("file_not_found", null, message, "input_file_id")));
      return false;
    }
    List<InputError> errors = new ArrayList<>();
    boolean begun =
        Boolean.TRUE.equals(transaction.execute(status -> insert(batch, errors, status)));
    if (!errors.isEmpty()) {
      batches.fail(batch.id(), errors);
    }
    return begun;
  }

  private boolean insert(Batch batch, List<InputError> errors, TransactionStatus status) {
    if (!onlyHere(batch)) {
      return false;
    }
    NewTasks tasks = new NewTasks(jdbc, ids, batch.id());
    readAll(batch, tasks, errors);
    boolean begun = errors.isEmpty() && begin(batch, tasks);
    if (begun) {
      shares.open(batch.id(), tasks.byRoute());
    } else {
      status.setRollbackOnly();
    }
    return begun;
  }

  /** Another producer on the same database may be at it. */
  private boolean onlyHere(Batch batch) {
    return Boolean.TRUE.equals(
        jdbc.queryForObject(
            "select pg_try_advisory_xact_lock(?)",
            Boolean.class,
            batch.id().uuid().getLeastSignificantBits()));
  }

  private boolean begin(Batch batch, NewTasks tasks) {
    tasks.finish();
    long total = tasks.byRoute().values().stream().mapToLong(Long::longValue).sum();
    return batches.begin(batch.id(), total, tasks.model());
  }

  private InputError tooMany(long line) {
    String message =
        "The file has more than %d requests, the most that one batch takes (sluice.input.most-lines)."
            .formatted(settings.mostLines());
    return new InputError("too_many_lines", line, message, "input_file_id");
  }

  private void readAll(Batch batch, NewTasks tasks, List<InputError> errors) {
    LineRules rules = new LineRules(batch.endpoint(), routes);
    try (InputStream in = contents.open(batch.inputFileId())) {
      InputLines lines = new InputLines(in, LineRules.LONGEST_LINE);
      Optional<InputLines.Line> line = lines.next();
      if (line.isEmpty()) {
        String message = "The input file has no line: each line is one request.";
        errors.add(new InputError("empty_file", null, message, "input_file_id"));
      }
      long count = 0;
      for (; line.isPresent() && errors.size() < MOST_ERRORS; line = lines.next()) {
        if (++count > settings.mostLines()) {
          errors.add(tooMany(line.get().number()));
          return;
        }
        switch (rules.check(line.get())) {
          case LineReading.Request request -> {
            if (errors.isEmpty()) {
              tasks.add(request);
            }
          }
          case LineReading.Wrong wrong -> errors.addAll(wrong.errors());
        }
      }
    } catch (IOException fromMemoryNever) {
      throw new UncheckedIOException(fromMemoryNever);
    }
  }
}
