/** The MCP server that gives an assistant access to the HTTP API. */
@NullMarked
package dev.sluice.cli.mcp;

import org.jspecify.annotations.NullMarked;
