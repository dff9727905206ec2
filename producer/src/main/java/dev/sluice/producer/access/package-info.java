/** Who may call: the API key. Depends on {@code error}. */
@NullMarked
package dev.sluice.producer.access;

import org.jspecify.annotations.NullMarked;
