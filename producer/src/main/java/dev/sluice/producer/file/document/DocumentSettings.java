package dev.sluice.producer.file.document;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The settings of the text extraction for the pages.
 *
 * @param jar the jar of the document extractor; the image and {@code ./sluice} set it. Default:
 *     none, the pages accept plain text only.
 * @param maxSize maximum size of a document. Default: 64MB.
 */
@ConfigurationProperties("sluice.documents")
record DocumentSettings(@Nullable Path jar, @DefaultValue("64MB") DataSize maxSize) {}
