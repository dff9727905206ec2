package dev.sluice.system.fault;

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
  private static final long LONGEST_PAUSE_MILLIS = 2500;
  private static final Duration LONGEST_CALM = Duration.ofMinutes(5);

  private final int faults;
  private final long seed;
  private final Consumer<String> told;

  /**
   * @param told receives one line per fault
   */
  public FaultRun(int faults, long seed, Consumer<String> told) {
    this.faults = faults;
    this.seed = seed;
    this.told = told;
  }

  /**
   * Result of a run.
   *
   * @param balanced whether every task finished once, and no more were called twice than were
   *     in flight
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
      Map<RandomFault, String> without = faultTestbed.impossible();
      without.forEach(
          (randomFault, why) -> told.accept("NOT TRIED: " + randomFault.words() + ": " + why));
      BatchLoad load =
          new BatchLoad(faultTestbed.sluice(), folder, faultTestbed::startWhoEnded, LINES);
      load.keepUp();
      List<InjectedIncident> struck = new ArrayList<>();
      while (struck.size() < faults) {
        faultTestbed.startWhoEnded();
        load.keepUp();
        Thread.sleep(random.nextLong(LONGEST_PAUSE_MILLIS));
        RandomFault randomFault = RandomFault.next(random, without.keySet());
        Instant from = Instant.now();
        if (faultTestbed.strike(randomFault)) {
          struck.add(new InjectedIncident(randomFault, from, Instant.now()));
          told.accept("%4d %s %s".formatted(struck.size(), from, randomFault.words()));
        }
      }
      faultTestbed.calm();
      boolean calm = load.allRest(LONGEST_CALM);
      TaskLedger ledger =
          TaskLedger.of(
              load,
              PaidCalls.of(faultTestbed.sluice().calls(), struck, faultTestbed.copiedRequests()),
              faultTestbed.heard(),
              FaultTestbed.WORKERS * FaultTestbed.CONCURRENCY);
      String text =
          "%d faults, seed %d, %d batches%s\n%s%s\n%s"
              .formatted(
                  struck.size(),
                  seed,
                  load.batches().size(),
                  calm ? "" : ", NOT ALL AT REST",
                  counted(struck),
                  notTried(without.keySet()),
                  ledger.shown());
      return new RunResult(calm && ledger.isBalanced(), text);
    }
  }

  private static String notTried(Set<RandomFault> without) {
    return without.stream()
        .map(randomFault -> "%n    -  %s: NOT TRIED".formatted(randomFault.words()))
        .collect(Collectors.joining());
  }

  private static String counted(List<InjectedIncident> struck) {
    Map<String, Long> kinds =
        struck.stream()
            .collect(
                Collectors.groupingBy(
                    one -> one.accident().words(), LinkedHashMap::new, Collectors.counting()));
    return kinds.entrySet().stream()
        .map(kind -> "%5d  %s".formatted(kind.getValue(), kind.getKey()))
        .collect(Collectors.joining("\n"));
  }
}
