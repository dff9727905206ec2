/** Parsing of JSON values and JSON lines. */
@NullMarked
package dev.sluice.cli.json;

import org.jspecify.annotations.NullMarked;
