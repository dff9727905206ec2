package dev.sluice.system.trace;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/** An OpenTelemetry collector that receives spans over OTLP/HTTP. */
final class TraceCollector implements AutoCloseable {
  private final HttpServer server;
  private final List<CollectedSpan> spans = new CopyOnWriteArrayList<>();

  TraceCollector() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException noSocket) {
      throw new UncheckedIOException(noSocket);
    }
    server.createContext("/v1/traces", this::take);
    server.start();
  }

  /** A received span. */
  record CollectedSpan(
      String service,
      String name,
      String trace,
      String id,
      String parent,
      long startNanos,
      long endNanos,
      Map<String, String> tags,
      List<String> links) {

    boolean is(String ofService, String named) {
      return service.equals(ofService) && name.equals(named);
    }
  }

  String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** The spans of a trace, by start time. */
  List<CollectedSpan> trace(String id) {
    return spans.stream()
        .filter(span -> span.trace().equals(id))
        .sorted((one, other) -> Long.compare(one.startNanos(), other.startNanos()))
        .toList();
  }

  List<CollectedSpan> all() {
    return List.copyOf(spans);
  }

  private void take(HttpExchange exchange) throws IOException {
    ExportTraceServiceRequest request =
        ExportTraceServiceRequest.parseFrom(exchange.getRequestBody().readAllBytes());
    for (ResourceSpans resource : request.getResourceSpansList()) {
      String service = tags(resource.getResource().getAttributesList()).get("service.name");
      for (ScopeSpans scope : resource.getScopeSpansList()) {
        scope.getSpansList().forEach(span -> spans.add(seen(String.valueOf(service), span)));
      }
    }
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }

  private static CollectedSpan seen(String service, Span span) {
    HexFormat hex = HexFormat.of();
    return new CollectedSpan(
        service,
        span.getName(),
        hex.formatHex(span.getTraceId().toByteArray()),
        hex.formatHex(span.getSpanId().toByteArray()),
        hex.formatHex(span.getParentSpanId().toByteArray()),
        span.getStartTimeUnixNano(),
        span.getEndTimeUnixNano(),
        tags(span.getAttributesList()),
        span.getLinksList().stream()
            .map(link -> hex.formatHex(link.getTraceId().toByteArray()))
            .toList());
  }

  private static Map<String, String> tags(List<KeyValue> attributes) {
    return attributes.stream()
        .collect(
            Collectors.toMap(
                KeyValue::getKey,
                tag ->
                    tag.getValue().hasIntValue()
                        ? Long.toString(tag.getValue().getIntValue())
                        : tag.getValue().hasBoolValue()
                            ? Boolean.toString(tag.getValue().getBoolValue())
                            : tag.getValue().getStringValue()));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
