/** Uploaded files, kept in chunks, and the files endpoints. Depends on {@code error}. */
@NullMarked
package dev.sluice.producer.file;

import org.jspecify.annotations.NullMarked;
