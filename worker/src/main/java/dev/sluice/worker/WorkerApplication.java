package dev.sluice.worker;

import dev.sluice.common.process.FatalErrors;
import dev.sluice.worker.limit.TokenEstimator;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;

/** The worker process: consumes tasks, calls the provider within its limits, settles each task. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(WorkerConfiguration.class) // no component scan: it would slow the start
public class WorkerApplication {
  public static void main(String[] args) {
    FatalErrors.handleUncaught();
    try {
      SpringApplication.run(WorkerApplication.class, args);
    } catch (RuntimeException alreadyReported) {
      // Exit now: the AMQP client's threads would keep the process alive for a minute.
      System.exit(1);
    }
    // Load the tokenizer after the start: only routes with token limits need it for a first call,
    // and they load it earlier.
    TokenEstimator.load();
  }
}
