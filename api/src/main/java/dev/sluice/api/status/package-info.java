/** The status of the system in the HTTP API. */
@NullMarked
package dev.sluice.api.status;

import org.jspecify.annotations.NullMarked;
