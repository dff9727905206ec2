/** Tasks and their calls in the HTTP API. */
@NullMarked
package dev.sluice.api.task;

import org.jspecify.annotations.NullMarked;
