/** Who may call, and in which project: API keys. Depends on {@code error} and {@code listing}. */
@NullMarked
package dev.sluice.producer.access;

import org.jspecify.annotations.NullMarked;
