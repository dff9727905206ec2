/** What runs where, for the status endpoint. Depends on {@code database} and {@code loop}. */
@NullMarked
package dev.sluice.producer.status;

import org.jspecify.annotations.NullMarked;
