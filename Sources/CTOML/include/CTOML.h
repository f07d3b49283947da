#ifndef CTOML_H
#define CTOML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A parsed text of TOML 1.0, or the reason why it is none. Owns all memory that its nodes point to.
typedef struct ctoml_document ctoml_document;

typedef enum ctoml_kind {
    CTOML_TABLE,
    CTOML_ARRAY,
    CTOML_STRING,
    CTOML_INTEGER,
    CTOML_FLOAT,
    CTOML_BOOLEAN,
    CTOML_DATE_TIME,
} ctoml_kind;

/// One value. The children of a table or an array follow it directly, each with its own children behind it.
typedef struct ctoml_node {
    ctoml_kind kind;
    uint32_t line;
    uint32_t column;
    /// NULL for the root and for elements of arrays.
    const char *key;
    size_t key_length;
    uint32_t key_line;
    uint32_t key_column;
    /// Children of a table or an array.
    size_t count;
    const char *text;
    size_t text_length;
    int64_t integer;
    double number;
    bool boolean;
} ctoml_node;

/// Never throws; NULL only when memory is short.
ctoml_document *ctoml_parse(const char *text, size_t length);
void ctoml_free(ctoml_document *document);

/// NULL if the text is TOML; else the reason, whose place the other two tell.
const char *ctoml_error(const ctoml_document *document);
uint32_t ctoml_error_line(const ctoml_document *document);
uint32_t ctoml_error_column(const ctoml_document *document);

/// The root is the first.
size_t ctoml_node_count(const ctoml_document *document);
ctoml_node ctoml_node_at(const ctoml_document *document, size_t index);

#ifdef __cplusplus
}
#endif

#endif
