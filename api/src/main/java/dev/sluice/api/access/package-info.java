/** API keys and quotas in the HTTP API. */
@NullMarked
package dev.sluice.api.access;

import org.jspecify.annotations.NullMarked;
