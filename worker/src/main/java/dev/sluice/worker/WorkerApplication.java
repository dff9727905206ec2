package dev.sluice.worker;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringApplication.AbandonedRunException;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The worker: consumes tasks, calls the provider at its pace, and settles what came of it. */
@SpringBootApplication(proxyBeanMethods = false)
public class WorkerApplication {
  public static void main(String[] args) {
    try {
      SpringApplication.run(WorkerApplication.class, args);
    } catch (
        AbandonedRunException wanted) { // by the build, which reads the application ahead of time
      throw wanted;
    } catch (RuntimeException told) { // the broker's client would keep the process for a minute
      System.exit(1);
    }
  }
}
