#include "CTOML.h"

#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include <toml++/toml.h>

struct ctoml_document {
    toml::table root;
    std::vector<ctoml_node> nodes;
    bool failed = false;
    std::string error;
    toml::source_position error_position{1, 1};
};

namespace {

void append(std::vector<ctoml_node> &nodes, const toml::node &value, const toml::key *key) {
    ctoml_node node{};
    const auto place = value.source().begin;
    node.line = place.line;
    node.column = place.column;
    if (key != nullptr) {
        const auto key_place = key->source().begin;
        node.key = key->str().data();
        node.key_length = key->str().size();
        node.key_line = key_place.line;
        node.key_column = key_place.column;
    }
    if (const auto *table = value.as_table()) {
        node.kind = CTOML_TABLE;
        node.count = table->size();
        nodes.push_back(node);
        for (const auto &[name, child] : *table) append(nodes, child, &name);
        return;
    }
    if (const auto *array = value.as_array()) {
        node.kind = CTOML_ARRAY;
        node.count = array->size();
        nodes.push_back(node);
        for (const auto &child : *array) append(nodes, child, nullptr);
        return;
    }
    if (const auto *text = value.as_string()) {
        node.kind = CTOML_STRING;
        node.text = text->get().data();
        node.text_length = text->get().size();
    } else if (const auto *integer = value.as_integer()) {
        node.kind = CTOML_INTEGER;
        node.integer = integer->get();
    } else if (const auto *number = value.as_floating_point()) {
        node.kind = CTOML_FLOAT;
        node.number = number->get();
    } else if (const auto *boolean = value.as_boolean()) {
        node.kind = CTOML_BOOLEAN;
        node.boolean = boolean->get();
    } else {
        node.kind = CTOML_DATE_TIME;
    }
    nodes.push_back(node);
}

}  // namespace

ctoml_document *ctoml_parse(const char *text, size_t length) {
    ctoml_document *document = nullptr;
    try {
        document = new ctoml_document;
        document->root = toml::parse(std::string_view(text, length));
        append(document->nodes, document->root, nullptr);
    } catch (const toml::parse_error &error) {
        document->failed = true;
        document->error_position = error.source().begin;
        try {
            document->error = std::string(error.description());
        } catch (...) {
        }
    } catch (...) {
        delete document;
        return nullptr;
    }
    return document;
}

void ctoml_free(ctoml_document *document) { delete document; }

const char *ctoml_error(const ctoml_document *document) {
    return document->failed ? document->error.c_str() : nullptr;
}

uint32_t ctoml_error_line(const ctoml_document *document) { return document->error_position.line; }
uint32_t ctoml_error_column(const ctoml_document *document) { return document->error_position.column; }

size_t ctoml_node_count(const ctoml_document *document) { return document->nodes.size(); }
ctoml_node ctoml_node_at(const ctoml_document *document, size_t index) { return document->nodes[index]; }
