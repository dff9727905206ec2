/** Uploaded and generated files, and the files endpoints. */
@NullMarked
package dev.sluice.producer.file;

import org.jspecify.annotations.NullMarked;
