/**
 * Uploaded files, kept in chunks, and the files endpoints. Depends on {@code access}, {@code error}
 * and {@code listing}.
 */
@NullMarked
package dev.sluice.producer.file;

import org.jspecify.annotations.NullMarked;
