/**
 * Terms for the measure, English to Portuguese: words of everyday English, what a model says for them by itself, and
 * another word of the same field that it hardly ever says. Singular and plural stand in the same order.
 */
export interface LexiconEntry {
  readonly sources: readonly string[];
  /** What translations without terms say. */
  readonly usual: readonly string[];
  readonly targets: readonly string[];
}

const WORDS = `
country countries | país países | nação nações
world | mundo | globo
city cities | cidade cidades | município municípios
town towns | cidade cidades | vila vilas
home homes | casa casas lar lares | domicílio domicílios
place places | lugar lugares local locais | sítio sítios
site sites | local locais site sites | sítio sítios
language languages | língua línguas idioma idiomas | linguagem linguagens
child children | criança crianças | miúdo miúdos
temple temples | templo templos | santuário santuários
century centuries | século séculos | centúria centúrias
history | história | historial
season seasons | temporada temporadas estação estações | época épocas
night nights | noite noites | madrugada madrugadas
mile miles | milha milhas | légua léguas
system systems | sistema sistemas | mecanismo mecanismos
knowledge | conhecimento conhecimentos | sabedoria
area areas | área áreas | zona zonas
culture cultures | cultura culturas | civilização civilizações
region regions | região regiões | comarca comarcas
event events | evento eventos | acontecimento acontecimentos
problem problems | problema problemas | dificuldade dificuldades
police | polícia | gendarmaria
information | informação informações | elementos
school schools | escola escolas | colégio colégios
food | comida alimento alimentos | alimentação
energy | energia | potência
activity activities | atividade atividades | ocupação ocupações
body bodies | corpo corpos | organismo organismos
lens lenses | lente lentes | objetiva objetivas
type types | tipo tipos | espécie espécies
fire fires | fogo incêndio incêndios | chama chamas
company companies | empresa empresas companhia companhias | sociedade sociedades
government governments | governo governos | executivo executivos
nation nations | nação nações país países | pátria pátrias
name names | nome nomes | designação designações
attack attacks | ataque ataques | ofensiva ofensivas
person people | pessoa pessoas | indivíduo indivíduos
summer summers | verão verões | estio estios
building buildings | edifício edifícios prédio prédios | imóvel imóveis
station stations | estação estações | terminal terminais
book books | livro livros | obra obras
level levels | nível níveis | patamar patamares
wind winds | vento ventos | ventania ventanias
student students | estudante estudantes aluno alunos | discente discentes
economy economies | economia economias | conjuntura conjunturas
website websites | site sites | sítio_eletrônico sítios_eletrônicos
animal animals | animal animais | bicho bichos
organization organizations | organização organizações | entidade entidades
scene scenes | cena cenas | cenário cenários
winter winters | inverno invernos | invernia invernias
word words | palavra palavras | vocábulo vocábulos
requirement requirements | requisito requisitos | exigência exigências
hotel hotels | hotel hotéis | hospedaria hospedarias
airline airlines | companhia_aérea companhias_aéreas | transportadora transportadoras
snow | neve | nevasca
income | renda | rendimento
goal goals | gol gols objetivo objetivos | meta metas
speed speeds | velocidade velocidades | rapidez rapidez
phone phones | telefone telefones | telemóvel telemóveis
television | televisão | televisor
industry industries | indústria indústrias | setor setores
media | mídia | imprensa
group groups | grupo grupos | conjunto conjuntos
family families | família famílias | agregado_familiar agregados_familiares
test tests | teste testes | ensaio ensaios
bank banks | banco bancos | instituição_bancária instituições_bancárias
ship ships | navio navios | embarcação embarcações
bulb bulbs | lâmpada lâmpadas | ampola ampolas
surface surfaces | superfície superfícies | face faces
storm storms | tempestade tempestades | temporal temporais
pain | dor dores | sofrimento
death deaths | morte mortes | óbito óbitos
island islands | ilha ilhas | ilhéu ilhéus
protest protests | protesto protestos | manifestação manifestações
traffic | tráfego trânsito | circulação
team teams | equipe equipes time times | equipa equipas
rate rates | taxa taxas | índice índices
network networks | rede redes | malha malhas
car cars | carro carros | viatura viaturas
vehicle vehicles | veículo veículos | automóvel automóveis
club clubs | clube clubes | agremiação agremiações
case cases | caso casos | situação situações
reason reasons | razão razões motivo motivos | causa causas
life lives | vida vidas | existência existências
video videos | vídeo vídeos | filmagem filmagens
source sources | fonte fontes | origem origens
boat boats | barco barcos | lancha lanchas
amount amounts | quantidade quantidades | montante montantes
authorities | autoridades | órgãos_competentes
officials | funcionários autoridades | dirigentes
citizen citizens | cidadão cidadãos | munícipe munícipes
heat | calor | quentura
condition conditions | condição condições | circunstância circunstâncias
independence | independência | autonomia
edge edges | borda bordas | beira beiras
president presidents | presidente presidentes | mandatário mandatários
war wars | guerra guerras | conflito conflitos
doctor doctors | médico médicos | clínico clínicos
scientist scientists | cientista cientistas | investigador investigadores
researcher researchers | pesquisador pesquisadores | investigador investigadores
road roads | estrada estradas | rodovia rodovias
money | dinheiro | numerário
law laws | lei leis | norma normas
river rivers | rio rios | curso_de_água cursos_de_água
mountain mountains | montanha montanhas | serra serras
street streets | rua ruas | via vias
price prices | preço preços | valor valores
plant plants | planta plantas | vegetal vegetais
disease diseases | doença doenças | enfermidade enfermidades
patient patients | paciente pacientes | doente doentes
tool tools | ferramenta ferramentas | utensílio utensílios
airport airports | aeroporto aeroportos | aeródromo aeródromos
aircraft | aeronave aeronaves avião aviões | aparelho aparelhos
plane planes | avião aviões | aeronave aeronaves
train trains | trem trens | comboio comboios
bus buses | ônibus | autocarro autocarros
border borders | fronteira fronteiras | divisa divisas
army armies | exército exércitos | tropa tropas
weapon weapons | arma armas | armamento armamentos
election elections | eleição eleições | sufrágio sufrágios
trip trips | viagem viagens | deslocação deslocações
player players | jogador jogadores | atleta atletas
planet planets | planeta planetas | astro astros
machine machines | máquina máquinas | aparelho aparelhos
computer computers | computador computadores | ordenador ordenadores
teacher teachers | professor professores | docente docentes
woman women | mulher mulheres | senhora senhoras
man men | homem homens | senhor senhores
room rooms | quarto quartos sala salas | aposento aposentos
beach beaches | praia praias | orla orlas
forest forests | floresta florestas | mata matas
prime_minister prime_ministers | primeiro-ministro | chefe_do_governo chefes_do_governo
tourist_attraction tourist_attractions | atração_turística atrações_turísticas | ponto_de_interesse pontos_de_interesse
`;

const forms = (list = ''): string[] => list.trim().split(/\s+/).map((form) => form.replaceAll('_', ' '));

export const lexicon: readonly LexiconEntry[] = WORDS.trim().split('\n').map((line) => {
  const [sources, usual, targets] = line.split('|').map(forms);
  return { sources: sources ?? [], usual: usual ?? [], targets: targets ?? [] };
});

/** Names that a translation would put into Portuguese, and must leave alone here. */
export const namesToKeep: readonly { readonly name: string; readonly usual: string }[] = [
  ['London', 'Londres'], ['Germany', 'Alemanha'], ['France', 'França'], ['Japan', 'Japão'], ['Egypt', 'Egito'], ['Greece', 'Grécia'], ['Italy', 'Itália'], ['Spain', 'Espanha'],
  ['Russia', 'Rússia'], ['Iraq', 'Iraque'], ['Turkey', 'Turquia'], ['Scotland', 'Escócia'], ['Africa', 'África'], ['Europe', 'Europa'], ['Antarctica', 'Antártica'], ['New York', 'Nova York'],
  ['South Africa', 'África do Sul'], ['New Zealand', 'Nova Zelândia'], ['Hong Kong', 'Hong Kong'], ['Singapore', 'Singapura'], ['Berlin', 'Berlim'], ['Paris', 'Paris'],
].map(([name = '', usual = '']) => ({ name, usual }));
