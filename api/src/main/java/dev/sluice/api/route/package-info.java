/** Routes, capacity plans and reasons for waits in the HTTP API. */
@NullMarked
package dev.sluice.api.route;

import org.jspecify.annotations.NullMarked;
