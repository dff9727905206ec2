package dev.sluice.bench.fault;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** Injects a seeded random series of faults while batches run. */
public final class FaultRun {
  private static final int LINES = 60;
  private static final long MAX_PAUSE_MILLIS = 2500;
  private static final Duration FINISH_TIMEOUT = Duration.ofMinutes(5);

  private final int faults;
  private final long seed;
  private final Consumer<String> progress;

  /**
   * @param progress receives one line per fault
   */
  public FaultRun(int faults, long seed, Consumer<String> progress) {
    this.faults = faults;
    this.seed = seed;
    this.progress = progress;
  }

  /**
   * Result of a run.
   *
   * @param balanced whether every task finished once, and no more were called twice than were in
   *     flight
   * @param text report to print
   */
  public record RunResult(boolean balanced, String text) {}

  /**
   * Runs the test.
   *
   * @param folder empty folder for the logs
   */
  public RunResult run(Path folder) throws InterruptedException {
    RandomGenerator random = new SplittableRandom(seed);
    try (FaultTestbed faultTestbed = new FaultTestbed(folder, random)) {
      Map<RandomFault, String> without = faultTestbed.unsupported();
      without.forEach(
          (randomFault, why) ->
              progress.accept("SKIPPED: " + randomFault.description() + ": " + why));
      BatchLoad load =
          new BatchLoad(faultTestbed.sluice(), folder, faultTestbed::restartEnded, LINES);
      load.topUp();
      List<InjectedIncident> injected = new ArrayList<>();
      while (injected.size() < faults) {
        faultTestbed.restartEnded();
        load.topUp();
        Thread.sleep(random.nextLong(MAX_PAUSE_MILLIS));
        RandomFault randomFault = RandomFault.next(random, without.keySet());
        Instant from = Instant.now();
        if (faultTestbed.inject(randomFault)) {
          injected.add(new InjectedIncident(randomFault, from, Instant.now()));
          progress.accept("%4d %s %s".formatted(injected.size(), from, randomFault.description()));
        }
      }
      faultTestbed.resetClocks();
      boolean finished = load.awaitFinished(FINISH_TIMEOUT);
      TaskLedger ledger =
          TaskLedger.of(
              load,
              PaidCalls.of(faultTestbed.sluice().calls(), injected, faultTestbed.copiedRequests()),
              faultTestbed.receivedOutcomes(),
              FaultTestbed.WORKERS * FaultTestbed.CONCURRENCY);
      String text =
          "%d faults, seed %d, %d batches%s\n%s%s\n%s"
              .formatted(
                  injected.size(),
                  seed,
                  load.batches().size(),
                  finished ? "" : ", NOT ALL FINISHED",
                  counted(injected),
                  skipped(without.keySet()),
                  ledger.report());
      return new RunResult(finished && ledger.isBalanced(), text);
    }
  }

  private static String skipped(Set<RandomFault> without) {
    return without.stream()
        .map(randomFault -> "%n    -  %s: SKIPPED".formatted(randomFault.description()))
        .collect(Collectors.joining());
  }

  private static String counted(List<InjectedIncident> injected) {
    Map<String, Long> kinds =
        injected.stream()
            .collect(
                Collectors.groupingBy(
                    one -> one.incident().description(),
                    LinkedHashMap::new,
                    Collectors.counting()));
    return kinds.entrySet().stream()
        .map(kind -> "%5d  %s".formatted(kind.getValue(), kind.getKey()))
        .collect(Collectors.joining("\n"));
  }
}
