/**
 * Uploaded files, kept in chunks, and the files endpoints. Depends on {@code access}, {@code
 * error}, {@code listing} and {@code loop}.
 */
@NullMarked
package dev.sluice.producer.file;

import org.jspecify.annotations.NullMarked;
