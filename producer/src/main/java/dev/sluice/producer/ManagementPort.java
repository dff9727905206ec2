package dev.sluice.producer;

import jakarta.servlet.Filter;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.actuate.autoconfigure.web.server.ConditionalOnManagementPort;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;

/**
 * On a port of their own ({@code management.server.port}) the management endpoints have a server of
 * their own, which knows none of the API's filters: the same key is asked for there.
 *
 * <p>Named in {@code ManagementContextConfiguration.imports}. Without a stereotype, so that the
 * application's own context passes it over.
 */
@ConditionalOnManagementPort(ManagementPortType.DIFFERENT)
class ManagementPort {

  @Bean
  FilterRegistrationBean<Filter> managementKeys(@Qualifier("apiKeyFilter") Filter keys) {
    return new FilterRegistrationBean<>(keys);
  }

  @Bean
  FilterRegistrationBean<Filter> managementHeaders(@Qualifier("pageHeaders") Filter headers) {
    FilterRegistrationBean<Filter> first = new FilterRegistrationBean<>(headers);
    first.setOrder(Ordered.HIGHEST_PRECEDENCE);
    return first;
  }
}
