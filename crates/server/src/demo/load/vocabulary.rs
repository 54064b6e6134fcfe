//! Products, projects, and who learns from whom.

use maip_domain::sort_key::sort_key;
use maip_persistence::bulk::Rows;

use super::{Loading, broken, main_name};
use crate::demo::ids::id;
use crate::exit::Outcome;

/// Loads them.
pub async fn load(loading: &Loading<'_>) -> Outcome {
    load_products(loading).await?;
    load_projects(loading).await
}

async fn load_products(loading: &Loading<'_>) -> Outcome {
    let mut products = Rows::new("products", &["id", "country_id", "concept_id", "name", "sort_key"]);
    let mut names = Rows::new("product_names", &["product_id", "language", "name"]);
    for product in &loading.records.products {
        let (id, name) = (id("product", &product.key), main_name(&product.names));
        let country = loading.country(&product.country)?.id.as_str();
        let concept = loading.concept(&product.concept)?;
        let row = [id.as_str().into(), country.into(), concept.into(), name.into(), sort_key(name).into()];
        products.push(loading.transaction, row).await?;
        for (language, name) in &product.names {
            let row = [id.as_str().into(), language.as_str().into(), name.as_str().into()];
            names.push(loading.transaction, row).await?;
        }
    }
    products.finish(loading.transaction).await?;
    Ok(names.finish(loading.transaction).await?)
}

async fn load_projects(loading: &Loading<'_>) -> Outcome {
    let mut projects = Rows::new("projects", &["id", "symbol", "title", "fund"]);
    let mut countries = Rows::new("project_countries", &["project_id", "country_id"]);
    for project in &loading.records.projects {
        let id = id("project", &project.key);
        let row = [
            id.as_str().into(),
            project.symbol.as_str().into(),
            main_name(&project.titles).into(),
            project.funding.as_str().into(),
        ];
        projects.push(loading.transaction, row).await?;
        for code in &project.countries {
            let row = [id.as_str().into(), loading.country(code)?.id.as_str().into()];
            countries.push(loading.transaction, row).await?;
        }
    }
    projects.finish(loading.transaction).await?;
    countries.finish(loading.transaction).await?;
    load_pairs(loading).await
}

async fn load_pairs(loading: &Loading<'_>) -> Outcome {
    let columns = &["id", "project_id", "beneficiary_id", "provider_id", "concept_id"];
    let mut pairs = Rows::new("country_pairs", columns);
    for pair in &loading.records.country_pairs {
        if !loading.records.projects.iter().any(|project| project.key == pair.project) {
            return Err(broken(format!("no project {}", pair.project)));
        }
        for provider in &pair.providers {
            let row = [
                id("pair", &format!("{} {provider}", pair.key)).into(),
                id("project", &pair.project).into(),
                loading.country(&pair.beneficiary)?.id.as_str().into(),
                loading.country(provider)?.id.as_str().into(),
                loading.concept(&pair.topic)?.into(),
            ];
            pairs.push(loading.transaction, row).await?;
        }
    }
    Ok(pairs.finish(loading.transaction).await?)
}
