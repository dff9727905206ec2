/**
 * Uploaded files, kept in chunks, and the files endpoints. Depends on {@code access}, {@code
 * error}, {@code listing}, {@code loop} and {@code quota}.
 */
@NullMarked
package dev.sluice.producer.file;

import org.jspecify.annotations.NullMarked;
