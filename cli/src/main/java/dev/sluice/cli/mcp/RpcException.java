package dev.sluice.cli.mcp;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A request failed with a JSON-RPC error, which the client receives and not the model. */
final class RpcException extends RuntimeException {
  static final int PARSE_ERROR = -32700;
  static final int INVALID_REQUEST = -32600;
  static final int METHOD_NOT_FOUND = -32601;
  static final int INVALID_PARAMS = -32602;
  static final int INTERNAL_ERROR = -32603;

  /** Defined by MCP since its revision 2026-07-28. */
  static final int UNSUPPORTED_PROTOCOL_VERSION = -32022;

  private static final long serialVersionUID = 1L;

  private final int code;
  private final transient @Nullable JsonNode data;

  RpcException(int code, String message) {
    this(code, message, null);
  }

  RpcException(int code, String message, @Nullable JsonNode data) {
    super(message);
    this.code = code;
    this.data = data;
  }

  int code() {
    return code;
  }

  /** The member {@code data} of the error; null for none. */
  @Nullable JsonNode data() {
    return data;
  }
}
