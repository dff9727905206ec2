package dev.sluice.system.contract;

import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.ClassUtils;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.ValueConstants;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * One method and path of the producer's controllers.
 *
 * @param method in lower case
 * @param path with {@code {name}} for each variable
 * @param handler the method of the controller
 */
record ApiOperation(String method, String path, Method handler) {
  /** Controller parameters that the query parameter {@code project} sets. */
  private static final Set<String> PROJECT_TYPES = Set.of("Project", "ProjectScope");

  private static final class Mapping extends RequestMappingHandlerMapping {
    @Nullable RequestMappingInfo of(Method method) {
      return getMappingForMethod(method, method.getDeclaringClass());
    }
  }

  /** All operations, without Spring Boot's path for errors. */
  static List<ApiOperation> all() throws ClassNotFoundException {
    List<ApiOperation> operations = new ArrayList<>();
    Mapping mapping = new Mapping();
    for (Class<?> controller : controllers()) {
      for (Method method : controller.getDeclaredMethods()) {
        RequestMappingInfo info = mapping.of(method);
        if (info != null && !info.getPatternValues().contains("/error")) {
          for (String path : info.getPatternValues()) {
            info.getMethodsCondition()
                .getMethods()
                .forEach(
                    verb ->
                        operations.add(
                            new ApiOperation(
                                verb.name().toLowerCase(Locale.ROOT),
                                path.replace("{*", "{"),
                                method)));
          }
        }
      }
    }
    return operations;
  }

  private static List<Class<?>> controllers() throws ClassNotFoundException {
    ClassPathScanningCandidateComponentProvider scan =
        new ClassPathScanningCandidateComponentProvider(/* useDefaultFilters= */ false);
    scan.addIncludeFilter(new AnnotationTypeFilter(RestController.class));
    List<Class<?>> found = new ArrayList<>();
    for (var bean : scan.findCandidateComponents("dev.sluice.producer")) {
      found.add(
          ClassUtils.forName(
              Objects.requireNonNull(bean.getBeanClassName()),
              ApiOperation.class.getClassLoader()));
    }
    return found;
  }

  /**
   * The parameters that Spring binds, in the form of {@code query NAME TYPE}, followed by {@code
   * required} or by the default.
   */
  Set<String> parameters() {
    Set<String> all = new TreeSet<>();
    for (Parameter parameter : handler.getParameters()) {
      RequestParam query = parameter.getAnnotation(RequestParam.class);
      PathVariable variable = parameter.getAnnotation(PathVariable.class);
      RequestHeader header = parameter.getAnnotation(RequestHeader.class);
      if (PROJECT_TYPES.contains(parameter.getType().getSimpleName())) {
        all.add("query project string");
      } else if (variable != null) {
        all.add("path %s string required".formatted(name(parameter, variable.value())));
      } else if (header != null) {
        all.add("header %s string".formatted(header.name()));
      } else if (query != null && parameter.getType() != Map.class) {
        all.add(described(parameter, query));
      }
    }
    return all;
  }

  private static String described(Parameter parameter, RequestParam query) {
    String type = parameter.getType() == String.class ? "string" : "integer";
    String rule = query.required() ? " required" : "";
    if (!query.defaultValue().equals(ValueConstants.DEFAULT_NONE)) {
      rule = " default " + query.defaultValue();
    }
    return "query %s %s%s".formatted(name(parameter, query.value()), type, rule);
  }

  private static String name(Parameter parameter, String annotated) {
    return annotated.isEmpty() ? parameter.getName() : annotated;
  }

  /** Whether all query parameters are bound to one map. */
  boolean bindsQueryAsMap() {
    for (Parameter parameter : handler.getParameters()) {
      if (parameter.isAnnotationPresent(RequestParam.class) && parameter.getType() == Map.class) {
        return true;
      }
    }
    return false;
  }

  /** The parameter with the JSON of the request; null for none. */
  @Nullable Parameter body() {
    for (Parameter parameter : handler.getParameters()) {
      if (parameter.isAnnotationPresent(RequestBody.class)) {
        return parameter;
      }
    }
    return null;
  }

  @Override
  public String toString() {
    return method + " " + path;
  }
}
