package dev.sluice.worker;

import dev.sluice.worker.limit.TokenEstimator;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;

/** The worker: consumes tasks, calls the provider at its pace, and settles what came of it. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(WorkerConfiguration.class) // all there is: a search for more would take its time
public class WorkerApplication {
  public static void main(String[] args) {
    try {
      SpringApplication.run(WorkerApplication.class, args);
    } catch (RuntimeException told) { // the broker's client would keep the process for a minute
      System.exit(1);
    }
    TokenEstimator.load(); // not before: without a limit of tokens no first call needs it
  }
}
