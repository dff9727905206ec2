package dev.sluice.producer.error;

import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Gives Tomcat our words for what it refuses itself. */
@Configuration(proxyBeanMethods = false)
class ErrorConfiguration {

  /** After Boot's own: the valve that is added last is nearest to the error. */
  @Bean
  @Order(Ordered.LOWEST_PRECEDENCE)
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> serverErrors(
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
