package dev.sluice.producer.batch.validate;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of input files.
 *
 * @param maxLines maximum number of requests in a file. A digest of 16 bytes of each custom id is
 *     in memory during the validation, for which a quarter of the heap may reduce the number.
 *     Default: 1000000.
 */
@ConfigurationProperties("sluice.input")
record InputSettings(@DefaultValue("1000000") long maxLines) {}
