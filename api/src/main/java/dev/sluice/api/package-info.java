/**
 * JSON objects of the HTTP API. The producer writes them, the cli reads them; both map names to
 * snake case.
 */
@NullMarked
package dev.sluice.api;

import org.jspecify.annotations.NullMarked;
