/** The process that extracts the text of documents with Apache Tika. */
@NullMarked
package dev.sluice.documents.extractor;

import org.jspecify.annotations.NullMarked;
