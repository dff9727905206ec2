package dev.sluice.producer;

import dev.sluice.common.process.FatalErrors;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** The entry point of the producer. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class ProducerApplication {

  public static void main(String[] args) {
    FatalErrors.handleUncaught();
    SpringApplication.run(ProducerApplication.class, args);
  }
}
