/** The HTTP client for provider calls, with limits on time and size. */
@NullMarked
package dev.sluice.worker.provider;

import org.jspecify.annotations.NullMarked;
