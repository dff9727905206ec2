/** Errors as OpenAI's API tells them. Depends on {@code page}. */
@NullMarked
package dev.sluice.producer.error;

import org.jspecify.annotations.NullMarked;
