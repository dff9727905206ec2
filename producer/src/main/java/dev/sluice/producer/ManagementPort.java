package dev.sluice.producer;

import jakarta.servlet.Filter;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.actuate.autoconfigure.web.server.ConditionalOnManagementPort;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;

/**
 * Adds the API's filters to a separate management server ({@code management.server.port}), which
 * would otherwise serve its endpoints without a key.
 *
 * <p>{@code ManagementContextConfiguration.imports} lists this class. It has no stereotype, so that
 * the application context does not scan it.
 */
@ConditionalOnManagementPort(ManagementPortType.DIFFERENT)
class ManagementPort {

  @Bean
  FilterRegistrationBean<Filter> managementKeys(@Qualifier("apiKeyFilter") Filter keys) {
    return new FilterRegistrationBean<>(keys);
  }

  @Bean
  FilterRegistrationBean<Filter> managementHeaders(@Qualifier("pageHeaders") Filter headers) {
    FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>(headers);
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
    return registration;
  }
}
