package dev.sluice.producer.access;

import dev.sluice.producer.error.ApiException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * Gives a controller the {@link AuthenticatedCaller}, the {@link Project} that he works in, or his
 * {@link ProjectScope}, as a parameter. The administrator may name a project in the address, and
 * works in that.
 */
@Component
class ProjectArgument implements HandlerMethodArgumentResolver, WebMvcConfigurer {

  private static final Set<Class<?>> GIVEN =
      Set.of(AuthenticatedCaller.class, Project.class, ProjectScope.class);
  private static final String PROJECT = "project";

  @Override
  public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
    resolvers.add(this);
  }

  @Override
  public boolean supportsParameter(MethodParameter parameter) {
    return GIVEN.contains(parameter.getParameterType());
  }

  @Override
  public Object resolveArgument(
      MethodParameter parameter,
      @Nullable ModelAndViewContainer container,
      NativeWebRequest request,
      @Nullable WebDataBinderFactory binders) {
    Object caller = request.getAttribute(ApiKeyFilter.CALLER, RequestAttributes.SCOPE_REQUEST);
    AuthenticatedCaller known =
        (AuthenticatedCaller) Objects.requireNonNull(caller, "the filter lets nobody in without");
    if (parameter.getParameterType() == AuthenticatedCaller.class) {
      return known;
    }
    Project named = named(request);
    if (named != null && !known.admin() && !named.equals(known.project())) {
      throw ApiException.badRequest(
          "The key is that of the project '%s'; '%s' is the administrator's to see."
              .formatted(known.project().name(), named.name()),
          PROJECT,
          "invalid_value");
    }
    if (parameter.getParameterType() == ProjectScope.class) {
      return named == null && known.admin()
          ? ProjectScope.ALL
          : new ProjectScope(named == null ? known.project() : named);
    }
    return named == null ? known.project() : named;
  }

  /** By the address alone: to ask for a parameter may read a body that is not there twice. */
  private static @Nullable Project named(NativeWebRequest request) {
    HttpServletRequest asked =
        Objects.requireNonNull(request.getNativeRequest(HttpServletRequest.class), "it is HTTP");
    String name =
        UriComponentsBuilder.newInstance()
            .query(asked.getQueryString())
            .build()
            .getQueryParams()
            .getFirst(PROJECT);
    return name == null || name.isEmpty() ? null : Project.named(name);
  }
}
