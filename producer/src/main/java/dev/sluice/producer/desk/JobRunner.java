package dev.sluice.producer.desk;

import dev.sluice.producer.error.ApiException;
import dev.sluice.producer.loop.Looping;
import dev.sluice.producer.loop.WorkLoop;
import java.time.Duration;
import java.util.List;
import org.springframework.stereotype.Component;

/** Does the jobs, each second as many letters of each as its pace allows. */
@Component
class JobRunner extends Looping {
  private final Jobs jobs;
  private final DeadLetters letters;
  private final Replays replays;
  private final WorkLoop loop =
      new WorkLoop("sluice-dead-jobs", Duration.ofMillis(250), this::round);

  JobRunner(Jobs jobs, DeadLetters letters, Replays replays) {
    this.jobs = jobs;
    this.letters = letters;
    this.replays = replays;
  }

  private boolean round() {
    jobs.claim().forEach(this::step);
    return false;
  }

  private void step(Jobs.Job job) {
    Jobs.Order order = job.order();
    long left = order.most() - job.done() - job.refused();
    int now = (int) Math.min(left, order.perSecond());
    List<DeadLetter> next =
        job.last() == null || now == 0
            ? List.of()
            : letters.oldest(order.choice().filter(order.caller()), job.at(), job.last(), now);
    for (DeadLetter letter : next) {
      act(job, letter);
    }
    if (next.size() < order.perSecond()) {
      jobs.done(job.id());
    }
  }

  private void act(Jobs.Job job, DeadLetter letter) {
    Jobs.Order order = job.order();
    try {
      switch (order.kind()) {
        case REPLAY -> replays.replay(letter, order.edit(), order.act());
        case DISCARD -> replays.discard(letter, order.act());
      }
      jobs.advance(job, letter.id(), null);
    } catch (ApiException refused) {
      jobs.advance(job, letter.id(), refused.getMessage());
    }
  }

  @Override
  protected List<WorkLoop> loops() {
    return List.of(loop);
  }
}
