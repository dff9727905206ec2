package dev.sluice.producer.web;

import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Installs the valve that writes errors for requests that Tomcat itself rejects. */
@Configuration(proxyBeanMethods = false)
class ErrorConfiguration {

  /** Runs after Boot's customizers: the valve that is added last handles the error first. */
  @Bean
  @Order(Ordered.LOWEST_PRECEDENCE)
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> tomcatErrorValve(
      ErrorWriter errors, ServerProperties server) {
    return tomcat ->
        tomcat.addContextCustomizers(
            context ->
                context
                    .getParent()
                    .getPipeline()
                    .addValve(new TomcatErrorValve(errors, server.getMaxHttpRequestHeaderSize())));
  }
}
