/** Starts and calls the process that extracts the text of documents. */
@NullMarked
package dev.sluice.documents;

import org.jspecify.annotations.NullMarked;
