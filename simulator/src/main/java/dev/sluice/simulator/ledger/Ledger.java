package dev.sluice.simulator.ledger;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Records calls in the log and in the totals, so that both agree. */
public final class Ledger implements Closeable {
  private final CallLog log;
  private final SortedMap<String, Long> byStatus = new TreeMap<>();
  private final SortedMap<String, Long> faults = new TreeMap<>();
  private final Set<String> bodies = ConcurrentHashMap.newKeySet();
  private long calls;
  private long inFlight;
  private long maxInFlight;
  private long rateLimited;
  private long promptTokens;
  private long completionTokens;

  private Ledger(CallLog log) {
    this.log = log;
  }

  /**
   * Creates an empty ledger.
   *
   * @param file file for the call log; null for no log
   */
  public static Ledger writingTo(@Nullable Path file) throws IOException {
    return new Ledger(CallLog.to(file));
  }

  /** Counts a call that has arrived. */
  public synchronized void callStarted() {
    inFlight++;
    maxInFlight = Math.max(maxInFlight, inFlight);
  }

  /** Records a call; must be called before the response is sent. */
  public void record(Call call) {
    log.write(call);
    bodies.add(call.requestSha256());
    add(call);
  }

  private synchronized void add(Call call) {
    calls++;
    Integer status = call.status();
    byStatus.merge(status == null ? "none" : status.toString(), 1L, Long::sum);
    if (call.fault() != null) {
      faults.merge(call.fault(), 1L, Long::sum);
    }
    rateLimited += call.limited() ? 1 : 0;
    promptTokens += call.promptTokens();
    completionTokens += call.completionTokens();
  }

  /** Counts a call that has finished. */
  public synchronized void callFinished() {
    inFlight--;
  }

  public synchronized CallTotals stats() {
    return new CallTotals(
        calls,
        bodies.size(),
        inFlight,
        maxInFlight,
        new TreeMap<>(byStatus),
        rateLimited,
        new TreeMap<>(faults),
        promptTokens,
        completionTokens);
  }

  @Override
  public void close() throws IOException {
    log.close();
  }
}
