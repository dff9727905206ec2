/**
 * How much one project may have here at once. Depends on {@code access}, {@code error} and {@code
 * listing}.
 */
@NullMarked
package dev.sluice.producer.quota;

import org.jspecify.annotations.NullMarked;
