package dev.sluice.cli.mcp;

import dev.sluice.cli.client.Invocation;
import dev.sluice.cli.client.SluiceClient;
import dev.sluice.cli.terminal.ExitCode;
import dev.sluice.cli.terminal.Terminal;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sluice mcp}. */
@Command(
    name = "mcp",
    description = {
      "Run an MCP server on stdin and stdout, for an operator's AI assistant.",
      "Its tools are read-only, unless --allow-writes is set. It ends when stdin ends."
    })
public final class McpCommand implements Callable<Integer> {
  private final Invocation invocation;

  @Option(
      names = "--allow-writes",
      description =
          "Also offer the tools that pause, resume and cancel batches, hold and release routes, and replay and discard dead letters.")
  private boolean allowWrites;

  public McpCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Terminal terminal = invocation.terminal();
    SluiceClient client = invocation.client();
    ToolRegistry tools = ToolRegistry.of(client, terminal, allowWrites);
    terminal.message(
        "MCP server for Sluice at %s: reads requests from stdin, %s."
            .formatted(client.url(), allowWrites ? "writes allowed" : "read-only"));
    new StdioServer(terminal, new McpProtocol(tools, version())).run();
    return ExitCode.SUCCESS.code();
  }

  private static String version() {
    return Objects.requireNonNullElse(
        McpCommand.class.getPackage().getImplementationVersion(), "unknown");
  }
}
