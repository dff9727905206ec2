package com.example.reviews;

import java.util.List;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** Prints the sentiment of each argument. */
@SpringBootApplication
public class ReviewsApplication {

  public static void main(String[] args) {
    SpringApplication.run(ReviewsApplication.class, args).close();
  }

  @Bean
  CommandLineRunner printSentiments(ReviewClassifier classifier) {
    return reviews -> {
      if (reviews.length == 1) {
        System.out.println(classifier.classify(reviews[0]));
      } else {
        classifier.classifyAll(List.of(reviews)).forEach(System.out::println);
      }
    };
  }
}
