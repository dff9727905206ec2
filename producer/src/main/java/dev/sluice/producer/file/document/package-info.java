/** Extracts the text of uploaded documents for the pages. */
@NullMarked
package dev.sluice.producer.file.document;

import org.jspecify.annotations.NullMarked;
