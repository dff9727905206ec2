/** Extracts the text of uploaded documents for the pages. */
@NullMarked
package dev.sluice.producer.document;

import org.jspecify.annotations.NullMarked;
