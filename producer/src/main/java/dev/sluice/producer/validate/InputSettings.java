package dev.sluice.producer.validate;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of input files.
 *
 * @param maxLines maximum number of requests in a file. Their custom ids are in memory during the
 *     validation. Default: 1000000.
 */
@ConfigurationProperties("sluice.input")
record InputSettings(@DefaultValue("1000000") long maxLines) {}
