package dev.sluice.worker.limit;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/**
 * A client that knows the provider's quota: it sends each call as soon as a slot is free and the
 * provider admits it. So both the provider's law and Little's law limit it: slots ÷ latency.
 */
final class IdealClient {
  private record InFlight(long endsAt, VirtualTask task) implements Comparable<InFlight> {
    @Override
    public int compareTo(InFlight other) {
      return Long.compare(endsAt, other.endsAt);
    }
  }

  /**
   * The run of an ideal client.
   *
   * @param end when the last of the tasks was replied
   * @param admissions times of the admissions until a given time, if the tasks never ended
   */
  record Run(long end, List<Long> admissions) {

    /** Returns the number of admissions until a time. */
    long until(long time) {
      return admissions.stream().filter(at -> at <= time).count();
    }
  }

  private final PriorityQueue<InFlight> inFlight = new PriorityQueue<>();
  private final TwoLimitProvider provider;
  private final int slots;
  private long now;

  IdealClient(TwoLimitProvider provider, int slots, long start) {
    this.provider = provider;
    this.slots = slots;
    this.now = start;
  }

  Run run(List<VirtualTask> tasks, long until) {
    List<Long> admissions = new ArrayList<>();
    long end = now;
    while (admissions.size() < tasks.size() || now <= until) {
      VirtualTask task = tasks.get(admissions.size() % tasks.size());
      awaitSlot();
      long wait = provider.admit(task, now);
      if (wait == 0) {
        long endsAt = now + task.latency() + VirtualFleet.NETWORK_LATENCY;
        end = admissions.size() < tasks.size() ? Math.max(end, endsAt) : end;
        inFlight.add(new InFlight(endsAt, task));
        admissions.add(now);
      } else {
        InFlight next = inFlight.peek();
        now = next == null ? now + wait : Math.min(next.endsAt(), now + wait);
      }
    }
    return new Run(end, admissions);
  }

  private void awaitSlot() {
    InFlight next = inFlight.peek();
    while (next != null && (inFlight.size() == slots || next.endsAt() <= now)) {
      now = Math.max(now, next.endsAt());
      provider.onEnd(next.task(), now);
      inFlight.remove();
      next = inFlight.peek();
    }
  }
}
