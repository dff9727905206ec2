package dev.sluice.producer.validate;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of batches' input files.
 *
 * @param maxLines how many requests a file may have; their custom ids are held in memory while it
 *     is validated. Default: 1000000.
 */
@ConfigurationProperties("sluice.input")
record InputSettings(@DefaultValue("1000000") long maxLines) {}
