package dev.sluice.producer.file;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The settings of file uploads.
 *
 * @param maxSize maximum size of an uploaded file. Default: 2GB.
 */
@ConfigurationProperties("sluice.files")
record FileSettings(@DefaultValue("2GB") DataSize maxSize) {}
