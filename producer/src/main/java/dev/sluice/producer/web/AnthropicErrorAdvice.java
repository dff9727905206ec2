package dev.sluice.producer.web;

import dev.sluice.api.ApiError;
import dev.sluice.common.wire.MessagesApi;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpResponse;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;

/** Writes the errors of {@link ErrorHandling} in Anthropic's shape on the paths of its API. */
@RestControllerAdvice
class AnthropicErrorAdvice implements ResponseBodyAdvice<Object> {

  @Override
  public boolean supports(
      MethodParameter returnType, Class<? extends HttpMessageConverter<?>> converter) {
    return returnType.getContainingClass() == ErrorHandling.class;
  }

  @Override
  public @Nullable Object beforeBodyWrite(
      @Nullable Object body,
      MethodParameter returnType,
      MediaType contentType,
      Class<? extends HttpMessageConverter<?>> converter,
      ServerHttpRequest request,
      ServerHttpResponse response) {
    if (!(body instanceof ApiError error)
        || !(response instanceof ServletServerHttpResponse servlet)
        || !MessagesApi.contains(request.getURI().getPath())) {
      return body;
    }
    AnthropicError converted = AnthropicError.of(servlet.getServletResponse().getStatus(), error);
    response.getHeaders().set(ErrorWriter.REQUEST_ID, converted.requestId());
    return converted;
  }
}
