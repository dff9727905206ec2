package dev.sluice.producer.access;

import dev.sluice.producer.web.ApiException;
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
 * Resolves controller parameters of type {@link AuthenticatedCaller}, {@link Project} and {@link
 * ProjectScope}. The administrator may choose the project with the query parameter {@code project}.
 */
@Component
class ProjectArgument implements HandlerMethodArgumentResolver, WebMvcConfigurer {

  private static final Set<Class<?>> SUPPORTED =
      Set.of(AuthenticatedCaller.class, Project.class, ProjectScope.class);
  private static final String PROJECT = "project";

  @Override
  public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
    resolvers.add(this);
  }

  @Override
  public boolean supportsParameter(MethodParameter parameter) {
    return SUPPORTED.contains(parameter.getParameterType());
  }

  @Override
  public Object resolveArgument(
      MethodParameter parameter,
      @Nullable ModelAndViewContainer container,
      NativeWebRequest request,
      @Nullable WebDataBinderFactory binders) {
    Object caller = request.getAttribute(ApiKeyFilter.CALLER, RequestAttributes.SCOPE_REQUEST);
    AuthenticatedCaller authenticated =
        (AuthenticatedCaller) Objects.requireNonNull(caller, "set by ApiKeyFilter");
    if (parameter.getParameterType() == AuthenticatedCaller.class) {
      return authenticated;
    }
    Project named = named(request);
    if (named != null && !authenticated.admin() && !named.equals(authenticated.project())) {
      throw ApiException.badRequest(
          "This API key belongs to project '%s'. Only the administrator can access project '%s'."
              .formatted(authenticated.project().name(), named.name()),
          PROJECT,
          "invalid_value");
    }
    if (parameter.getParameterType() == ProjectScope.class) {
      return named == null && authenticated.admin()
          ? ProjectScope.ALL
          : new ProjectScope(named == null ? authenticated.project() : named);
    }
    return named == null ? authenticated.project() : named;
  }

  /** Reads the query string only: getParameter could consume the request body. */
  private static @Nullable Project named(NativeWebRequest request) {
    HttpServletRequest httpRequest =
        Objects.requireNonNull(request.getNativeRequest(HttpServletRequest.class), "HTTP request");
    String name =
        UriComponentsBuilder.newInstance()
            .query(httpRequest.getQueryString())
            .build()
            .getQueryParams()
            .getFirst(PROJECT);
    return name == null || name.isEmpty() ? null : Project.named(name);
  }
}
