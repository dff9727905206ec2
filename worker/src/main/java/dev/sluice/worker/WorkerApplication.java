package dev.sluice.worker;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The worker: consumes tasks, calls the provider at its pace, and settles what came of it. */
@SpringBootApplication(proxyBeanMethods = false)
public class WorkerApplication {
  public static void main(String[] args) {
    SpringApplication.run(WorkerApplication.class, args);
  }
}
