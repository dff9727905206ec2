/** Dead letters and the jobs that process many of them in the HTTP API. */
@NullMarked
package dev.sluice.api.deadletter;

import org.jspecify.annotations.NullMarked;
